"""Lightning Fabric for processes that were started and introduced already."""

from lightning_fabric import Fabric
from lightning_fabric.plugins.environments import ClusterEnvironment
from lightning_fabric.strategies import DDPStrategy

from medviewer.training.together.team import Team


def fabric_of(team: Team, precision: str, *, has_unused: bool = False) -> Fabric:
    """Return the Fabric of this process, launched.

    The network is small, so each process has all of it, and the gradients are averaged (DDP).

    Parameters
    ----------
    has_unused : bool
        The loss does not depend on all weights of the network.
    """
    if team.count == 1:
        made = Fabric(accelerator=team.accelerator, devices=1, precision=precision)  # type: ignore[arg-type]  # checked by the recipe
    else:
        made = Fabric(
            accelerator=team.accelerator,
            devices=team.on_machine,
            num_nodes=team.count // team.on_machine,
            strategy=DDPStrategy(cluster_environment=_Introduced(team), find_unused_parameters=has_unused),
            precision=precision,  # type: ignore[arg-type]
        )
    made.launch()
    return made


class _Introduced(ClusterEnvironment):
    """Tells Fabric which process this one is."""

    def __init__(self, team: Team) -> None:
        self._team = team

    @property
    def creates_processes_externally(self) -> bool:
        return True

    @property
    def main_address(self) -> str:
        return ""  # nobody asks, because the processes have met

    @property
    def main_port(self) -> int:
        return 0

    @staticmethod
    def detect() -> bool:
        return False

    def world_size(self) -> int:
        return self._team.count

    def set_world_size(self, size: int) -> None:
        """Ignore Fabric's own count."""

    def global_rank(self) -> int:
        return self._team.rank

    def set_global_rank(self, rank: int) -> None:
        """Ignore Fabric's own count."""

    def local_rank(self) -> int:
        return self._team.rank % self._team.on_machine

    def node_rank(self) -> int:
        return self._team.rank // self._team.on_machine
