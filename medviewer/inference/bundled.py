"""SHA-256 of every file of the packs that come with the program; written by the publishing of a model."""

from typing import Final

BUNDLED: Final[dict[str, dict[str, str]]] = {
    "brain-mr-tumour-type": {
        "card.toml": "9547bd75118563cb139e8181a72e1d9a7a984f53cae3a64e277593b99fea756f",
        "model.onnx": "a495307b69005d21df0e7fb34d556e596c80c1a1e38955d693517a6667988202",
        "model.safetensors": "4c53fea3e903046101adb0510d655a0ce5c884d96decb8cf6e3b41948ead8c5f",
    },
    "breast-ultrasound-lesion": {
        "card.toml": "02a1d5d7f17009a1f733d5e1651f2910e1efe7124ccc348ec70a98196e5421bd",
        "model.onnx": "a18eada8128d1bfb155be6ce05398a2013bd8cd40ec6128e8e862331a0872bc3",
        "model.safetensors": "e736763782ae86852b9d2ac1a1ec343520814ea35ed8a28a113cbfafe311186c",
    },
    "chest-xray-pneumonia": {
        "card.toml": "fc8e26e465a9ad526915e181d670adef7900c36cac7bae72a1b2f5205e6ea527",
        "model.onnx": "1486793f65b982c8c50efda08a0c9e46667bf5289add755760703f116bb335d2",
        "model.safetensors": "6feb1bd645fbea710540cb74bcf5544ea699ad04be1315de577d7c99c9b0a226",
    },
    "head-ct-haemorrhage": {
        "card.toml": "fa4252f5c67297ba06edfd38a5c23ec53f8ea495e88e8ce18664fab74fe9e193",
        "model.onnx": "1d030cc611f1fa6e732dcfb98c84a536a12ef97be22a67a673e943113dc2997a",
        "model.safetensors": "4e790f6cc771dee61678fd3ee8679cd27221f7adb62db2396184c515c118389b",
    },
    "router": {
        "card.toml": "7e0d25d38f365f63f68d7b4108fd749eb3e26c0072ee9da9c7c67d8245e6dbe1",
        "model.onnx": "89f0cec6f06cbbf52811d31d938b099ecf3e87229ba56ba6a2c6a8bed760115f",
        "model.safetensors": "5227d19e14c1ad8f91be0e0705c29da6abc81ebc777129022cfb7d24d7a23de7",
    },
}
