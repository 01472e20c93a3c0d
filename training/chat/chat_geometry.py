"""The size of the example generator: 5.11 million parameters, 1.05 million of them in the tied embedding."""
from model import Geometry

VOCAB = 4096

CHAT_GEOMETRY = Geometry(hidden=256, layers=5, query_heads=4, kv_heads=2, head_dim=64, ffn=800, vocab=VOCAB,
                         max_positions=2048, rope_theta=10000.0, rms_eps=1e-5)
