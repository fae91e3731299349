"""The project of this repository: will a New York flight of 2013 arrive 15 or more minutes late?

The notebooks in `notebooks/` are thin; what they call lives here, as plain functions with tests.
"""
