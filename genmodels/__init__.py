"""genmodels: small generative models (GAN, VAE and relatives) to train, measure and explore.

The package imports without Streamlit, keeps no module-level state and works the same in the app, in a notebook
and from the command line (``python -m genmodels``).
"""

__version__ = "0.1.0"
