"""Training and evaluation of the bundled models. No Qt."""

from medviewer.libraries import keep_caches

keep_caches()
