"""Server, sign-in, theme, shell and components: what every page stands on."""
