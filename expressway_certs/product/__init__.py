"""The product as a model: releases, nodes, zones, legs and deployments. Immutable values and data tables."""
