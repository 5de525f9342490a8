"""What ``xConfiguration`` prints, read into a mapping and from there into settings of the model."""
