"""Tools for latent spaces: plain tensors in, plain tensors out."""
