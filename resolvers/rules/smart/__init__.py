"""The SMART check: each letter explained with the words it looked at, by rules, in Chinese and English."""
