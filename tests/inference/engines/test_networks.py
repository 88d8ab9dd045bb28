"""The networks: shapes, the mirror channel, the way over a card."""

import pytest
import torch

from medviewer.inference.engines.networks import Architecture, build, fold


@pytest.mark.parametrize("mirror", [False, True])
def test_logits_are_the_linear_head_of_the_pooled_feature_map(mirror: bool) -> None:
    torch.manual_seed(0)
    network = build(
        Architecture(input_channels=2, classes=3, width=8, blocks=(1, 1, 1), mirror=mirror)
    ).eval()
    with torch.no_grad():
        logits, embedding, feature_map = network(torch.randn(4, 2, 64, 48))
    assert feature_map.shape == (4, 32, 8, 6)
    assert torch.allclose(embedding, feature_map.mean(dim=(2, 3)))
    assert torch.allclose(logits, network.head(embedding))
    assert logits.shape == (4, 3)


def test_the_mirror_channel_is_empty_for_a_symmetric_image_and_not_for_another() -> None:
    network = build(Architecture(width=8, blocks=(1,), mirror=True))
    seen: list[torch.Tensor] = []
    network.stem.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    symmetric = torch.rand(1, 1, 32, 32)
    symmetric = symmetric + symmetric.flip(3)
    network(symmetric)
    lopsided = symmetric.clone()
    lopsided[:, :, 10:20, 4:10] += 1
    network(lopsided)
    assert seen[0].shape == (1, 2, 32, 32)
    assert torch.allclose(seen[0][:, 1], torch.zeros(1, 32, 32), atol=1e-6)
    assert seen[1][:, 1].abs().max() > 0.5


def test_an_architecture_survives_the_card() -> None:
    architecture = Architecture(width=16, blocks=(1, 2, 1), mirror=True, dropout=0.4)
    assert Architecture.from_facts(architecture.as_facts()) == architecture
    with pytest.raises(TypeError):
        Architecture.from_facts({"depth": 3})


def test_the_default_is_small_enough_for_a_pack() -> None:
    weights = sum(parameter.numel() for parameter in build(Architecture()).parameters())
    assert weights * 2 * 2 < 12 * 2**20  # two files in half precision


def test_a_folded_network_computes_the_same() -> None:
    torch.manual_seed(0)
    network = build(Architecture(width=8, blocks=(1, 1, 2), mirror=True))
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 2)
            torch.nn.init.normal_(module.bias)
            torch.nn.init.normal_(module.running_mean)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
    network.eval()
    folded = fold(network)
    assert not any("norm" in name for name in folded.state_dict())
    x = torch.randn(3, 1, 32, 32)
    with torch.no_grad():
        for before, after in zip(network(x), folded(x), strict=True):
            assert torch.allclose(before, after, rtol=1e-4, atol=1e-4)
