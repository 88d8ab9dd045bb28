"""Classification of a batch in parts on several machines."""

from medviewer.cli.batch.cluster import Printed, run_on_cluster
from medviewer.cli.batch.merging import merged_rows
from medviewer.cli.batch.shard import WHOLE, Shard, batch_hash, part_record

__all__ = ["WHOLE", "Printed", "Shard", "batch_hash", "merged_rows", "part_record", "run_on_cluster"]
