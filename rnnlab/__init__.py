"""rnnlab: the package under the course on recurrent networks. Importing it alone imports nothing heavy."""

__version__ = "0.1.0"
