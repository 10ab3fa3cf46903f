"""Everything that a NEAT run can be told. Light to import: neat-python is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, model_validator

from python_training import registry
from python_training.contracts.config import KEPT, LIVE, StrictModel, SystemConfig, validate
from python_training.contracts.errors import ConfigError
from python_training.contracts.names import Names
from python_training.environments.names import check_name

MAX_BOUTS = 1_000_000
"""Bouts of a generation."""

InitialConnection = Literal[
    "unconnected",
    "fs_neat_nohidden",
    "fs_neat_hidden",
    "full_nodirect",
    "full_direct",
    "partial_nodirect",
    "partial_direct",
]


class FloatGene(StrictModel):
    """How one number of a gene is drawn, and how it mutates."""

    init_mean: float = Field(default=0.0, description="Mean of a new gene's value.")
    init_stdev: float = Field(default=1.0, ge=0, description="Standard deviation of a new gene's value.")
    init_type: Literal["gaussian", "uniform"] = Field(
        default="gaussian", description="Distribution of a new gene's value."
    )
    replace_rate: float = Field(default=0.05, ge=0, le=1, description="Chance that a mutation draws the value anew.")
    mutate_rate: float = Field(default=0.8, ge=0, le=1, description="Chance that a mutation adds a draw to the value.")
    mutate_power: float = Field(default=0.4, ge=0, description="Standard deviation of what is added.")
    min_value: float = Field(default=-8.0, description="Least value.")
    max_value: float = Field(default=8.0, description="Greatest value.")


class FunctionGene(StrictModel):
    """Which function a node uses."""

    default: Annotated[str, Names.NOTHING] = Field(default="tanh", description="Function of a new node, or random.")
    options: Annotated[tuple[str, ...], Names.NOTHING] = Field(
        default=("tanh",), min_length=1, description="Functions to choose from."
    )
    mutate_rate: float = Field(default=0.0, ge=0, le=1, description="Chance that a mutation chooses anew.")


class GeneticSettings(StrictModel):
    """What neat-python is told, under its own names (https://neat-python.readthedocs.io/en/latest/config_file.html)."""

    num_hidden: int = Field(default=0, ge=0, le=256, description="Hidden nodes of the first genomes.")
    initial_connection: InitialConnection = Field(
        default="partial_direct", description="How the first genomes are wired."
    )
    connection_fraction: float = Field(default=0.3, ge=0, le=1, description="Share of links that a partial wiring has.")
    conn_add_prob: float = Field(default=0.3, ge=0, le=1, description="Chance that a child gets a new connection.")
    conn_delete_prob: float = Field(default=0.1, ge=0, le=1, description="Chance that a child loses a connection.")
    node_add_prob: float = Field(default=0.1, ge=0, le=1, description="Chance that a child gets a new node.")
    node_delete_prob: float = Field(default=0.05, ge=0, le=1, description="Chance that a child loses a node.")
    single_structural_mutation: bool = Field(default=False, description="At most one of these four happens to a child.")
    weight: FloatGene = Field(default=FloatGene(), description="Weights of connections.")
    bias: FloatGene = Field(
        default=FloatGene(mutate_rate=0.6, mutate_power=0.3, replace_rate=0.05), description="Biases of nodes."
    )
    response: FloatGene = Field(
        default=FloatGene(init_mean=1.0, init_stdev=0.0, replace_rate=0.0, mutate_rate=0.0, mutate_power=0.0),
        description="Multipliers of nodes' inputs.",
    )
    activation: FunctionGene = Field(default=FunctionGene(), description="Activation functions of nodes.")
    aggregation: FunctionGene = Field(
        default=FunctionGene(default="sum", options=("sum",)), description="How nodes put their inputs together."
    )
    enabled_mutate_rate: float = Field(
        default=0.01, ge=0, le=1, description="Chance that a connection is switched at random."
    )
    compatibility_threshold: float = Field(
        default=2.0,
        gt=0,
        description="Genetic distance from which species differ, at first if there are target_species.",
    )
    target_species: int | None = Field(
        default=3,
        ge=1,
        description="With more species the distance grows by a twentieth a generation, with fewer it shrinks; "
        "null: it stays.",
    )
    max_species: int | None = Field(
        default=6,
        ge=1,
        description="With more species than these the weakest end; null: as many as the population holds.",
    )
    compatibility_disjoint_coefficient: float = Field(
        default=1.0, ge=0, description="Weight of genes that one side lacks."
    )
    compatibility_weight_coefficient: float = Field(
        default=0.5, ge=0, description="Weight of differences between like genes."
    )
    species_fitness_func: Literal["max", "mean", "median", "min"] = Field(
        default="max", description="What the fitness of a species is made of its members'."
    )
    max_stagnation: int = Field(
        default=20, ge=1, description="Generations without progress after which a species ends."
    )
    species_elitism: int = Field(default=2, ge=1, description="So many of the best species never end.")
    elitism: int = Field(default=2, ge=0, description="So many of a species' best live on unchanged.")
    survival_threshold: float = Field(default=0.2, gt=0, le=1, description="Share of a species that has children.")
    min_species_size: int = Field(default=2, ge=1, description="Least members of a species.")


class NEATConfig(SystemConfig):
    """A run of NEAT (Stanley & Miikkulainen 2002, https://doi.org/10.1162/106365602320169811)."""

    handed_on: ClassVar[frozenset[str]] = frozenset({"sim_duration", "sim_dt"})

    env: Annotated[str, Names.MODULE] = Field(
        "arena",
        max_length=300,
        description="The world: one of Paddock's own, a Gymnasium id, or module:Id-v0 or module:Class of yours.",
        json_schema_extra=KEPT,
    )
    env_config: Annotated[dict[str, Any], Names.SETTINGS] = Field(
        default_factory=dict,
        description="Settings of the world; of one from outside, its arguments and max_episode_steps.",
    )
    generations: int = Field(
        2000, ge=1, description="Generations after which the run is finished.", json_schema_extra=LIVE
    )
    pop_size: int = Field(50, ge=2, le=10_000, description="Genomes of a generation.")
    num_processes: int | None = Field(
        None, ge=1, le=1024, description="Cores that bouts are flown on; null: as many as the run may use."
    )
    sim_duration: float = Field(30.0, gt=0, le=3600, description="Simulated seconds of a bout, if the world has such.")
    sim_dt: float = Field(0.1, gt=0, le=1, description="Simulated seconds of a tick, if the world has such.")
    fitness_threshold: float | None = Field(
        200_000.0,
        description="Fitness at which the run is finished; null: it never is for that.",
        json_schema_extra=LIVE,
    )
    snapshot_interval: int = Field(
        5, ge=1, description="Generations between two elite snapshots.", json_schema_extra=LIVE
    )
    keep_snapshots: int = Field(
        20,
        ge=1,
        le=10_000,
        description="Newest elites kept; of older ones every tenth, the best and those that met a threshold stay.",
        json_schema_extra=LIVE,
    )
    headless_mode: bool = Field(
        True, description="Draw nothing of training; false shows the champion's bout to those who watch."
    )
    enable_logging: bool = Field(
        False, description="Print a line about every generation and species.", json_schema_extra=LIVE
    )

    bouts: int = Field(10, ge=1, le=1000, description="Bouts that make a genome's fitness, at seeds of the generation.")
    trial_bouts: int = Field(
        40,
        ge=0,
        le=1000,
        description="Further bouts on training seeds that choose the champion; 0: the generation's bouts do.",
    )
    confirmation_bouts: int = Field(
        400,
        ge=0,
        le=10_000,
        description="Bouts on still other training seeds that confirm a met threshold; 0: it needs no confirmation.",
    )
    confirmation_margin: float = Field(
        0.12, ge=0, le=1, description="By this share of the threshold they have to exceed it.", json_schema_extra=LIVE
    )
    held_out_bouts: int = Field(100, ge=1, le=10_000, description="Held-out bouts that a new champion is reported by.")
    recurrent: bool = Field(
        False, description="Whether networks may have loops, and so remember.", json_schema_extra=KEPT
    )
    seed_genomes: Annotated[tuple[dict[str, Any], ...], Names.NOTHING] = Field(
        (),
        max_length=1000,
        description="Genomes that the first generation is bred from, as JSON: Paddock's own or neat-python's export.",
    )
    neat: GeneticSettings = Field(default=GeneticSettings(), description="What neat-python is told.")

    adaptive_threshold: bool = Field(
        False,
        description="A met threshold is raised instead of ending the run, until it is not met for threshold_patience.",
        json_schema_extra=LIVE,
    )
    threshold_step: float = Field(
        0.25, gt=0, le=10, description="By this share of fitness_threshold it is raised.", json_schema_extra=LIVE
    )
    threshold_patience: int = Field(
        50, ge=1, description="Generations within which a raised threshold must be met.", json_schema_extra=LIVE
    )

    opponents: Literal["scripted", "elites", "self"] = Field(
        "scripted",
        description="Whom genomes meet: the world's scripts, elites of earlier generations, or champions of the "
        "last generation's species; the latter two in a world of duels.",
    )
    executor: Literal["local", "ray"] = Field("local", description="Where bouts are flown: on this machine, or by Ray.")
    ray_address: Annotated[str, Names.ADDRESS] = Field(
        "", max_length=300, description="Ray cluster: empty starts one here; auto, host:port or ray://host:port."
    )

    @model_validator(mode="before")
    @classmethod
    def _said_once(cls, raw: Any) -> Any:
        named = raw.get("env", cls.model_fields["env"].default) if isinstance(raw, dict) else None
        entry = registry.world(named) if isinstance(named, str) else None
        return cls.taken_back(raw, registry.load(entry.config) if entry else None)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.pop_size * self.bouts > MAX_BOUTS:
            raise ConfigError(
                f"pop_size * bouts is {self.pop_size} * {self.bouts} = {self.pop_size * self.bouts} bouts of a "
                f"generation, expected at most {MAX_BOUTS}: their results are kept in memory.",
                field="bouts",
            )
        least = max(self.neat.min_species_size, self.neat.elitism)
        if self.pop_size < least:
            raise ConfigError(
                f"pop_size: a species has at least {least} members (neat.min_species_size, neat.elitism), "
                f"got {self.pop_size}.",
                field="pop_size",
            )
        return self

    @model_validator(mode="after")
    def _genomes_can_be_read(self) -> Self:
        if self.seed_genomes:
            # By name: what reads them leads to numba, though it does not import it.
            from_dict = registry.load("python_training.systems.neat.genome_json:from_dict")
            for index, document in enumerate(self.seed_genomes):
                try:
                    from_dict(document)
                except ConfigError as error:
                    raise error.within(f"seed_genomes.{index}") from None
        return self

    @model_validator(mode="after")
    def _world_takes_its_settings(self) -> Self:
        if self.opponents != "scripted" and not hasattr(self.world_config(), "duel"):
            raise ConfigError(f"opponents: there are no duels in '{self.env}', only scripted.", field="opponents")
        self.world_config()
        return self

    def unused_names(self) -> frozenset[str]:
        """Only Ray has a cluster."""
        return frozenset() if self.executor == "ray" else frozenset({"ray_address"})

    def settings_models(self) -> Mapping[str, BaseModel | None]:
        """The world's own config, where it has one."""
        return {"env_config": self.world_config()}

    def world_config(self) -> Any:
        """The validated config of the world; None if the world is not Paddock's own.

        A world with a `sim_duration` and a `sim_dt` is given this config's. (Only an older run may have two.)

        Raises:
            UnknownNameError: there is no such world.
            ConfigError: `env_config` does not fit it; the field is called `env_config.<name>`. Worlds that are not
                Paddock's own are looked at when they are opened.
        """
        entry = registry.world(self.env)
        if entry is None:
            check_name(self.env)
            return None
        model = registry.load(entry.config)
        try:
            return validate(model, self.handed_to(model, self.env_config))
        except ConfigError as error:
            raise error.beneath("env_config") from None


def of_neat(config: SystemConfig) -> NEATConfig:
    """`config` as what it must be here; raises TypeError for the config of another system."""
    if not isinstance(config, NEATConfig):
        raise TypeError(f"Expected a NEATConfig, got {type(config).__name__}.")
    return config
