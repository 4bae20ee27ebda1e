import socket

from local.ports import free_port, is_free


def test_a_port_that_nobody_uses_is_free() -> None:
    assert is_free(free_port())


def test_the_preferred_port_is_given_when_it_is_free() -> None:
    port = free_port()
    assert free_port(port) == port


def test_the_next_port_is_given_when_the_preferred_one_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        given = free_port(taken)
        assert given != taken
        assert is_free(given)


def test_a_listener_on_every_interface_takes_the_port_too() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:  # noqa: S104  the case under test
        assert not is_free(server.getsockname()[1])


def test_the_highest_port_has_no_next_one() -> None:
    assert 1024 <= free_port(65535) <= 65535
