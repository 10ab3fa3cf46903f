"""neat-python's genome with the same results in a fraction of the time.

Crossing and comparing genomes took most of the time of breeding: neat-python looks for cycles after every gene that a
child inherits, and compares genomes gene by gene in Python.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from neat import DefaultGenome
from numpy.typing import NDArray

from python_training.compiled.kernel import inlined, kernel


class GeneArrays(NamedTuple):
    """What genetic distance depends on, in the order of the genome's genes.

    Attributes:
        node_keys: (S,) int64.
        node_order: (S,) int64, sorts node_keys.
        node_numbers: (S, 3) float64: bias, response and time constant.
        node_functions: (S, 2) int64: activation and aggregation, numbered in this process.
        link_keys: (L,) int64, both ends in one number.
        link_order: (L,) int64, sorts link_keys.
        weights: (L,) float64.
        enabled: (L,) bool.
    """

    node_keys: NDArray[np.int64]
    node_order: NDArray[np.int64]
    node_numbers: NDArray[np.float64]
    node_functions: NDArray[np.int64]
    link_keys: NDArray[np.int64]
    link_order: NDArray[np.int64]
    weights: NDArray[np.float64]
    enabled: NDArray[np.bool_]


class Genome(DefaultGenome):  # type: ignore[misc]  # neat-python has no types
    """A DefaultGenome: equal draws make equal children, and distances are equal bit for bit."""

    def __init__(self, key: int) -> None:
        super().__init__(key)
        self._arrays: GeneArrays | None = None

    def configure_crossover(self, genome1: Any, genome2: Any, config: Any) -> None:
        """Become the child of two parents.

        All its connections are among those of the fitter parent, so that a feed-forward child of feed-forward parents
        cannot have a cycle: there is no need to look for one.
        """
        fitter, other = (genome1, genome2) if genome1.fitness > genome2.fitness else (genome2, genome1)
        fitter_genes = {gene.innovation: gene for gene in fitter.connections.values()}
        other_genes = {gene.innovation: gene for gene in other.connections.values()}
        # The order of this set is the order of the child's genes, on which later draws depend. `set(fitter_genes)` is
        # made in another way than a set of its keys, and has another order.
        for innovation in set(fitter_genes.keys()) | set(other_genes.keys()):
            gene = fitter_genes.get(innovation)
            if gene is not None:
                match = other_genes.get(innovation)
                same = match is not None and match.key == gene.key
                self.connections[gene.key] = gene.crossover(match) if same else gene.copy()
        for key, node in fitter.nodes.items():
            match = other.nodes.get(key)
            self.nodes[key] = node.copy() if match is None else node.crossover(match)
        self._arrays = None

    def mutate(self, config: Any) -> None:
        """Mutate by chance."""
        self._arrays = None
        super().mutate(config)

    def distance(self, other: Genome, config: Any) -> float:
        """The genetic distance from `other`."""
        compared: float = _distance(
            self.gene_arrays(),
            other.gene_arrays(),
            config.compatibility_weight_coefficient,
            config.compatibility_disjoint_coefficient,
        )
        return compared

    def gene_arrays(self) -> GeneArrays:
        """The genes as arrays, which stay as they are until the next mutation."""
        if self._arrays is None:
            self._arrays = _arrays_of(self.nodes, self.connections)
        return self._arrays


_FUNCTIONS: dict[str, int] = {}


def _number(function: str) -> int:
    """The same number for the same name, in this process."""
    return _FUNCTIONS.setdefault(function, len(_FUNCTIONS))


def _arrays_of(nodes: dict[int, Any], connections: dict[tuple[int, int], Any]) -> GeneArrays:
    node_keys = np.fromiter(nodes, dtype=np.int64, count=len(nodes))
    genes = nodes.values()
    numbers = np.array([(gene.bias, gene.response, gene.time_constant) for gene in genes], dtype=np.float64)
    functions = np.array([(_number(gene.activation), _number(gene.aggregation)) for gene in genes], dtype=np.int64)
    link_keys = np.array([(source << 32) + target for source, target in connections], dtype=np.int64)
    links = connections.values()
    return GeneArrays(
        node_keys,
        np.argsort(node_keys),
        numbers.reshape(-1, 3),
        functions.reshape(-1, 2),
        link_keys,
        np.argsort(link_keys),
        np.array([gene.weight for gene in links], dtype=np.float64),
        np.array([gene.enabled for gene in links], dtype=np.bool_),
    )


@kernel
def _distance(first: GeneArrays, second: GeneArrays, weight: float, disjoint: float) -> float:
    """DefaultGenome.distance, operation by operation."""
    total = 0.0
    matches = 0
    for place in range(first.node_keys.size):
        other = _find(second.node_keys, second.node_order, first.node_keys[place])
        if other < 0:
            continue
        matches += 1
        mine, theirs = first.node_numbers[place], second.node_numbers[other]
        gene = math.fabs(mine[0] - theirs[0]) + math.fabs(mine[1] - theirs[1])
        gene += math.fabs(mine[2] - theirs[2])
        if first.node_functions[place, 0] != second.node_functions[other, 0]:
            gene += 1.0
        if first.node_functions[place, 1] != second.node_functions[other, 1]:
            gene += 1.0
        total += gene * weight
    unmatched = first.node_keys.size + second.node_keys.size - 2 * matches
    most = max(first.node_keys.size, second.node_keys.size)
    of_nodes = (total + disjoint * unmatched) / most if most else 0.0

    total = 0.0
    matches = 0
    for place in range(first.link_keys.size):
        other = _find(second.link_keys, second.link_order, first.link_keys[place])
        if other < 0:
            continue
        matches += 1
        gene = math.fabs(first.weights[place] - second.weights[other])
        if first.enabled[place] != second.enabled[other]:
            gene += 1.0
        total += gene * weight
    unmatched = first.link_keys.size + second.link_keys.size - 2 * matches
    most = max(first.link_keys.size, second.link_keys.size)
    of_links = (total + disjoint * unmatched) / most if most else 0.0
    return of_nodes + of_links


@inlined
def _find(keys: NDArray[np.int64], order: NDArray[np.int64], key: int) -> int:
    """The place of `key` among `keys`, which `order` sorts; -1 if it is not there."""
    low, high = 0, keys.size
    while low < high:
        middle = (low + high) // 2
        if keys[order[middle]] < key:
            low = middle + 1
        else:
            high = middle
    found: int = order[low] if low < keys.size and keys[order[low]] == key else -1
    return found
