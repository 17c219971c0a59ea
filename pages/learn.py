"""Learn: the ideas, the mathematics and the code of both models, each with something to touch."""

from pages.parts import frame
from pages.parts.learn import reader

frame.require(__file__)
reader.show()
