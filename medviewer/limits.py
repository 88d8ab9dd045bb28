"""Every budget of the program in one table.

Bytes, seconds, depths, counts. They bound what one file may cost, so that a small malicious or damaged file
can never take the machine.
"""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB

# one decoded frame, from the header's numbers and from the codestream's own
FRAME_BYTES: Final = 512 * MIB
FRAME_SIDE: Final = 65_535

# a level of a whole-slide image that is put together, and its tiles
SLIDE_BYTES: Final = 192 * MIB
SLIDE_TILES: Final = 4_096

# what the program's own process holds for one frame beside its stored pixels: all copies at one time that are
# made to show it, to list it, to filter it, to classify it or to export it. Samples are pixels times channels
FRAME_COPIES_BYTES: Final = 1 * GIB

# of an image with more samples no copy is made as a whole: it is shown from parts and from a reduced copy
WHOLE_SAMPLES: Final = FRAME_COPIES_BYTES // 32  # bytes of all copies of one sample

# one with more is not filtered, thresholded, searched for edges, measured for its texture or classified
PROCESSED_SAMPLES: Final = 32 * MIB

# masks of the slices through which a region of a range is followed, a bit for each pixel
REGION_MASK_BYTES: Final = 128 * MIB

# one with more is exported and rendered reduced, and says so
EXPORTED_PIXELS: Final = 32 * MIB

# pixels of all images of a film: those of a GIF are all in memory, a byte each, before they are written
GIF_PIXELS: Final = 256 * MIB
MP4_PIXELS: Final = 2 * GIB

# what has to be done to all of a large image is done to so many samples at a time
BAND_SAMPLES: Final = 4 * MIB

# what lies on an image: pixels of all overlays of a frame, corners of a shutter, points of all drawings,
# regions of an ultrasound image
OVERLAY_PIXELS: Final = 64 * MIB
SHUTTER_VERTICES: Final = 10_000
DRAWING_POINTS: Final = 20_000
ULTRASOUND_REGIONS: Final = 256

# decoded frames kept in memory, least recently used ones go first
CACHE_BYTES: Final = 256 * MIB

# of these, so much is decoded before it is asked for, at least one frame
AHEAD_BYTES: Final = 64 * MIB

# and so much of a stack that has grown since it was shown, while nobody has scrolled
GROWN_BYTES: Final = 16 * MIB

# small frames that come from the worker together
BATCH_BYTES: Final = 16 * MIB
BATCH_FRAMES: Final = 64

# results of processings kept beside those that are shown
RECENT_RESULTS_BYTES: Final = 32 * MIB

# of these, so much is computed for the next slices before they are asked for
RESULTS_AHEAD_BYTES: Final = 24 * MIB

# what a file's structure may ask for
INFLATED_BYTES: Final = 1 * GIB
INFLATE_RATIO: Final = 200
SEQUENCE_DEPTH: Final = 64
SEQUENCE_ITEMS: Final = 100_000
ELEMENTS: Final = 200_000
FRAMES_PER_FILE: Final = 100_000
FRAGMENTS: Final = 1_000_000
COUNTED_VIDEO_BYTES: Final = 256 * MIB
COLOR_PROFILE_BYTES: Final = 4 * MIB
HEADER_BYTES: Final = 64 * MIB
FILES_PER_SCAN: Final = 1_000_000
ARCHIVE_MEMBERS: Final = 100_000
ARCHIVE_DIRECTORY_BYTES: Final = 32 * MIB
ARCHIVE_UNPACKED_BYTES: Final = 512 * MIB  # of what is packed as a whole: tar.gz, a single file

# headers that the worker keeps, to know the next ones of their series by
REMEMBERED_HEADERS: Final = 64
REMEMBERED_HEADER_BYTES: Final = 64 * KIB

# text from a file, when it is shown
TEXT_SHOWN: Final = 1_024
TEXT_IN_TOOLTIP: Final = 256

# elements of one header, when all of them are shown
ELEMENTS_SHOWN: Final = 20_000

# the worker process that parses and decodes
WORKER_ADDRESS_SPACE: Final = 2 * GIB
WORKER_OPEN_FILES: Final = 64

# processor time for one answer: for any file, and a second more for so many bytes of it, and of its pixels
WORKER_CPU_SECONDS: Final = 8
WORKER_FILE_BYTES_PER_SECOND: Final = 20 * MIB
WORKER_PIXEL_BYTES_PER_SECOND: Final = 2 * MIB

# time on the wall: without using any processor time (a disk or a network that hangs), and in all
WORKER_STILL_SECONDS: Final = 30
WORKER_WALL_SECONDS: Final = 900
WORKER_DEATHS_PER_FILE: Final = 3

# of one file, to look through its compressed images for damage
LOOK_SECONDS: Final = 3

# images, and pixels of them, that `info` decodes for their notes without being asked
DECODED_FRAMES: Final = 512
DECODED_PIXELS: Final = 32 * MIB

# a long operation reports at least this often
PROGRESS_SECONDS: Final = 0.2

# numbers of a header and values of pixels: what is larger, or tells values apart by less, measures nothing;
# within them, squares and sums of many squares are floating-point numbers of 32 bits
LARGEST_VALUE: Final = 1e15
SMALLEST_STEP: Final = 1e-15

# places and lengths in a patient, in mm, and the longer side of a pixel in relation to the shorter one
FARTHEST_MM: Final = 1e6
LONGEST_PIXEL: Final = 100.0

# places of drawings, in mm or pixels: a hand reaches less far beyond any image
FARTHEST_PLACE: Final = 1e7

# models
MODEL_PACK_BYTES: Final = 16 * MIB
MODEL_FILE_BYTES: Final = 1 * GIB
MODEL_TENSORS: Final = 20_000
MODEL_ACTIVATION_BYTES: Final = 256 * MIB  # what a graph computes from one image
MODEL_CARD_BYTES: Final = 256 * KIB
MODEL_CARD_DEPTH: Final = 16
MODEL_INPUT_SIDE: Final = 1_024
USER_PACKS: Final = 200
MODEL_PACK_FILES: Final = 200
SIGNATURE_BYTES: Final = 64 * KIB
SEALED_HEADER_BYTES: Final = 16 * KIB
LOG_LINE_BYTES: Final = 64 * KIB
KEY_FILE_BYTES: Final = 64 * KIB
TRUST_LIST_BYTES: Final = 4 * MIB

# the process in which a network of the user's own is loaded and computed
MODEL_WORKER_ADDRESS_SPACE: Final = 3 * GIB
MODEL_WORKER_SECONDS: Final = 60
