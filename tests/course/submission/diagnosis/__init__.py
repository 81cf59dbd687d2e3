from dataclasses import dataclass
@dataclass(frozen=True)
class Diagnosis:
    key: str
    sentence: str
    by_hand: str
    hint: str
    seen: str
def diagnose(server, stage, short=None, stand_in=None):
    return None
