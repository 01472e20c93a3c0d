"""The size of the example generator: 5.5 million parameters, 1.05 million of them in the tied embedding."""
from model import Geometry

VOCAB = 4096

CHAT_GEOMETRY = Geometry(hidden=256, layers=6, query_heads=4, kv_heads=2, head_dim=64, ffn=704, vocab=VOCAB,
                         max_positions=2048, rope_theta=10000.0, rms_eps=1e-5)
