"""Forms as companies have them, drawn in many manners, each with the truth about its fields."""
