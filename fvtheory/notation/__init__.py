"""Terms in the notations of others: `smtlib` for solvers, `rocq` for its proofs, `mathml` and `javascript` for web
pages, `algebra` for sympy, LaTeX and numpy. Each is one visit over the nodes of `fvtheory.terms`."""
