"""Networks that only neat-python itself can run, since a user's own function is among those they use."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from python_training.systems.neat.genome_network import (
    SILENT,
    Network,
    UserFunctionError,
    build_network,
    compile_genome,
    links_of,
    wire,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ForeignNetwork:
    """A network of neat-python in the clothes of a compiled one: what it remembers lies in memory rows, too.

    Attributes:
        layout: its nodes, as a network whose nodes compute nothing.
        kind: neat.nn.FeedForwardNetwork or neat.nn.RecurrentNetwork.
        parts: what `kind` is called with. One is built for every activation, so that threads may share this.
    """

    layout: Network
    kind: Any
    parts: tuple[Any, ...]

    def activate(
        self,
        rows: NDArray[np.int64],
        memory: NDArray[np.float64],
        observations: NDArray[Any],
        outputs: NDArray[np.float64],
    ) -> None:
        """Run it once for each of `rows`; memory, observations and outputs are those of all rows."""
        nodes = self.layout.nodes.tolist()
        kept = slice(self.layout.inputs, self.layout.inputs + len(nodes))
        for row in rows:
            network = self.kind(*self.parts)
            if self.layout.recurrent:
                network.values[network.active].update(zip(nodes, memory[row, kept].tolist(), strict=True))
            try:
                outputs[row] = network.activate(observations[row].tolist())
            except OverflowError:  # Python's powers raise where compiled ones become infinite
                outputs[row] = np.nan
            values = network.values[network.active] if self.layout.recurrent else network.values
            memory[row, : self.layout.inputs] = observations[row]
            memory[row, kept] = [values[node] for node in nodes]


def express(genome: Any, config: Any, recurrent: bool | None = None) -> Network | ForeignNetwork:
    """The network of `genome`, a neat-python DefaultGenome, under `config`, a neat.Config: compiled if it can be.

    `recurrent` says how it is run, unless given as the opposite of the config's feed_forward. A genome that uses a
    user's own function is left to neat-python, a hundred times slower, and a warning says so.
    """
    try:
        return compile_genome(genome, config, recurrent)
    except UserFunctionError as error:
        _notice(error.message)
        return _foreign(genome, config, recurrent)


@cache
def _notice(reason: str) -> None:
    """Say it once in a process, not for every genome of every generation."""
    _log.warning("Genomes are run by neat-python itself, slowly. %s", reason)


def _foreign(genome: Any, config: Any, recurrent: bool | None) -> ForeignNetwork:
    import neat

    settings = config.genome_config
    if recurrent is None:
        recurrent = not settings.feed_forward
    kind = neat.nn.RecurrentNetwork if recurrent else neat.nn.FeedForwardNetwork
    wiring = wire(settings.input_keys, settings.output_keys, links_of(genome), recurrent)
    silent = dict.fromkeys(wiring)
    layout = build_network(settings.input_keys, settings.output_keys, dict.fromkeys(wiring, SILENT), silent, recurrent)
    network = kind.create(genome, config)
    return ForeignNetwork(layout, kind, (network.input_nodes, network.output_nodes, network.node_evals))
