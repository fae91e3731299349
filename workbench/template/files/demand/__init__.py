"""How many loaves will be sold on a day: data, features and model."""
