"""Documents that are all alike but for names and numbers."""

PLACES = "Alder Birch Cedar Damson Elder Fir Gorse Hazel Ivy Juniper Larch Maple".split()


def machine(name: str, number: int) -> str:
    return (
        f"# The {name} works\n\nThe {name} pump weighs {number + 11} kg. The {name} tower is "
        f"{3 * number + 20} m high. A {name}-rod is the part that joins the pump of {name} to its "
        f"engine. The {name} gate needs a drop of oil each month, or its hinge will rust.\n"
    )
