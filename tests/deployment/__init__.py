"""What others run the site by: the image, compose.yaml, units of systemd."""
