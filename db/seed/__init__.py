"""An invented company for development and the demo. Every person in it is made up."""
