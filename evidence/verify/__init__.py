"""`python -m evidence verify`: is a bundle what it says it is? Offline, and nothing is parsed before it is whole."""
