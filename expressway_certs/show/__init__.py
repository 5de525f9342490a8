"""Everything that a person looks at. Here are the figures; what reports give besides is reached through their methods.

>>> from expressway_certs import show
>>> from expressway_certs.testing.sample import sample_deployment
>>> show.topology(sample_deployment())
<Figure size ...>
"""

from expressway_certs.show.plots import matrix, timeline, topology

__all__ = ["matrix", "timeline", "topology"]
