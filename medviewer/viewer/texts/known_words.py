"""The words of the field that may leave with an image that names nobody.

Other texts of a file stay. People type into every field, also into the name of a window. What is no word of
this list, of DICOM's defined terms or of units, may be a name.

References
----------
DICOM PS3.16 CID 4031 (body parts), CID 4009 to 4014 (views), CID 7 and 8 (units); PS3.3 C.8 (image types).
"""

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORDS: Final = _words(
    # parts of the body
    "abdomen abdominal abd abdomenpelvis abdpelvis adrenal ankle aorta arm artery arteries arterial "
    "atrium axilla back biceps bile bladder body bone bowel brachial brain brainstem breast bronchus "
    "buttock calcaneus calf cardiac carotid cerebellum cerebral cervical cervix cheek chest "
    "chestabdomen chestabdpelvis clavicle coccyx colon cor coronary cranium cspine ctspine disc duct "
    "duodenum dura ear elbow entire esophagus extremity eye face femoral femur fibula finger foot "
    "forearm fossa gallbladder gland gluteus groin hand head headneck heart hepatic hip hips humerus "
    "iac ileum iliac ilium intestine jaw jejunum joint kidney kidneys knee larynx leg limb lip liver "
    "lower lspine lssspine lumbar lung lungs mandible mastoid maxilla mediastinum mouth muscle "
    "myocardium nasal neck neckchest nerve node nose orbit orbits ovary palate pancreas parotid "
    "patella pelvis penis pharynx pituitary placenta pleura popliteal prostate pulmonary radius "
    "rectum renal rib ribs sacrum scalp scapula scrotum sella shoulder sijoint sinus sinuses skin "
    "skull soft spinal spine spleen sspine sternum stomach subdural temporal tendon testis thigh "
    "thoracic thorax thumb thymus thyroid tibia tibiafibula tissue tissues tlspine tmj toe tongue "
    "tooth teeth trachea tspine ulna umbilical upper ureter urethra uterus vagina vein veins venous "
    "ventricle vertebra vessel vessels vulva wholebody whole wrist zygoma "
    # windows and what they are for
    "window windows w l level width center centre wl ww wc brainwindow bonewindow lungwindow default "
    "normal standard std user auto automatic preset wide narrow hard harder hardest softer softest "
    "sharp smooth edge enhanced mip minip mpr average avg stroke subdural posterior anterior angio "
    "angiography cta mra blood contrast pre post native plain with without no non algo algo1 algo2 "
    "window1 window2 window3 full range dynamic minmax min max mean gray grey color colour linear "
    "sigmoid exact identity table lut original inverse inverted the of and for in "
    # image types and sequences
    "primary secondary derived axial coronal sagittal oblique localizer scout topogram survey volume "
    "volumetric reformatted resampled none mixed other raw filtered magnitude phase real imaginary "
    "complex norm m p r i dis2d dis3d nd mosaic t1 t2 t1w t2w pd pdw flair stir dwi dti adc trace "
    "tracew fa swi gre se fse tse spgr mprage epi perfusion diffusion cbf cbv mtt ttp tmax water fat "
    "opposed inphase outphase op ip map maps b value calculated subtraction subtracted monochrome1 "
    "monochrome2 ac nac attenuation corrected emission transmission static gated wholebody recon tomo "
    "planar cine loop still biplane single plane run spectroscopy echo time segment stack "
    # modalities
    "ct mr mri cr dx mg us pt pet nm xa rf io px sc ot seg sr ko pr rtdose rtplan rtstruct ivus oct "
    "op opt es gm sm xc ecg hc bi rg tg bmus ar len vl doc "
    # views, sides and positions
    "ap pa ll rl lat lateral rld lld rlo llo lao rao lpo rpo cc mlo ml lm lmo sio xcc xccl xccm fb "
    "cleavage tangential left right l r b u a f h s bilateral unilateral both standing supine prone "
    "erect hfs hfp ffs ffp hfdr hfdl ffdr ffdl decubitus frontal medial proximal distal superior "
    "inferior cranial caudal dorsal ventral for presentation processing "
    # units and what the values are
    "hu us hounsfield houndsfield unit units od mgml mg ml z_eff ed edw hu_mod pct cnts none cm2 "
    "cm2ml pcnt cps bqml bq kbq mbq mgminml umolminml mlming mlg 1cm umolml propcnts propcps mlminml "
    "gml stddev suv suvbw suvlbm suvbsa suvibw sul gy cgy mgy relative percent mm cm m um mm2 mm2/s "
    "mm²/s s ms min h deg degree kev kv ma mas 10-3 10-6 10^-3 10^-6 1/s ppm z eff arbitrary au counts "
    "intensity density value values stored pixel pixels "
)
CHINESE: Final = _words(
    "脑 骨 肺 纵隔 腹部 肝 肝脏 软组织 头 头部 头颅 颈部 胸 胸部 盆腔 脊柱 窗 窗口 "
    "脑窗 骨窗 肺窗 纵隔窗 腹窗 软组织窗 标准 默认 平扫 增强 动脉期 静脉期 延迟期 轴位 "
    "冠状位 矢状位 左 右 正位 侧位 "
)
"""The same in Chinese, as files have it."""

PIECE: Final = re.compile(r"[^\s,;:/\\()\[\]{}|_]+|[\s,;:/\\()\[\]{}|_]+")
SEPARATORS: Final = re.compile(r"[\s,;:/\\()\[\]{}|_]+")
NUMBER: Final = re.compile(r"[<>=~±+\-−]?\d{1,3}([.,]\d{1,4})?(%|mm|cm|ms|s|hu|kv|x\d{1,3})?", re.IGNORECASE)
NUMBERED: Final = re.compile(r"([^\W\d_]+)[-.#]?\d{1,2}")
LONGEST: Final = 64


def known_text(text: str) -> str:
    """Return the known words and short numbers of a text, or "".

    A longer number may be one of a patient, or a date.
    """
    pieces = PIECE.findall(text[: 4 * LONGEST])
    words = [piece for piece in pieces if not SEPARATORS.fullmatch(piece)]
    has_word = any(map(is_known, words))
    is_all_known = all(is_known(word) or NUMBER.fullmatch(word) for word in words)
    kept: list[str] = []
    for piece in pieces:
        if SEPARATORS.fullmatch(piece):
            if kept and not SEPARATORS.fullmatch(kept[-1]):
                kept.append(piece)
        elif is_known(piece) or is_all_known:  # numbers beside unknown words may be parts of a date
            kept.append(piece)
    whole = "".join(kept)[:LONGEST].strip(" \t\n,;:/\\|_")
    is_balanced = all(whole.count(opening) == whole.count(closing) for opening, closing in ("()", "[]", "{}"))
    if not is_balanced:
        whole = " ".join(re.sub(r"[()\[\]{}]", " ", whole).split())
    return whole.strip("()[]{} ") if has_word else ""


def are_known(*texts: str) -> bool:
    """Return whether texts of a file consist of known words only."""
    return all(not text or known_text(text) == text for text in texts)


def is_known(word: str) -> bool:
    """Return whether a word is of the field, one or two digits allowed behind."""
    plain = word.strip(".-+'\"").casefold()
    if plain in WORDS or word in CHINESE:
        return True
    parts = re.split(r"[-.+^]", plain)
    if len(parts) > 1 and all(part in WORDS or NUMBER.fullmatch(part) for part in parts if part):
        return any(part in WORDS for part in parts)
    numbered = NUMBERED.fullmatch(plain)
    return numbered is not None and numbered[1] in WORDS
