"""Assertions for tests of your own (extra ``[hypothesis]``).

    from fvtheory.testing import assert_decoder_error

    def test_my_decoder():
        assert_decoder_error(my_decoder, cls="lipschitz", lipschitz="2", at_most="1/4")

Each raises AssertionError with the smallest counterexample that was found and one line that shows it again.
"""

from fvtheory.testing.claims import assert_claim
from fvtheory.testing.decoders import assert_decoder_error
from fvtheory.testing.functions import assert_in_class, assert_same_information

__all__ = ["assert_claim", "assert_decoder_error", "assert_in_class", "assert_same_information"]
