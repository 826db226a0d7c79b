"""Help in writing feedback: what a note says and lacks, what to be careful of. numpy at most; the API may call it."""
