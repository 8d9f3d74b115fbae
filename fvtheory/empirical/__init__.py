"""The empirical companion: feature visualization, its attacks and its checks, on real networks (needs torch).

- Visualize: `feature_visualization`, from `objectives` (what is maximized), `parameterizations`, `transformations`,
  `regularizers` and `picture_density`, `steepest_ascent`.
- Fool: `fooling_circuit` with `lemma_1_gate`, `natural_classifier` (E) and `trajectories`, in `fooling_files`, measured
  by `fooling_experiment`; `silent_units` in `convolution_blocks`, measured by `silent_units_experiment`.
- Audit: `audit` by `deception_signals`, measured by `audit_rates`.
- Sanity check: `path_similarity` (`rank_vectors`, `path_similarity_pairs`, `layer_similarity`, `fixed_point`,
  `distributed`, `class_pictures`), `path_similarity_curves`, `visualization_methods`.
- Linearity and forced choice: `linearity` with `human_scores`, `forced_choice`.
- Inverse sets: `inverse_set` in `code_spaces`, measured by `inverse_set_experiment`.
- Where a network looks: `attribution` (`lots`, `cam`, `heat_maps`), measured by `attribution_metrics`.

All stand on `image_model` (a network with its input space), `models` (networks that install from PyPI), `preparation`,
`activations`, `unit_values`, `pictures`, `tensor_files` and `proportion`.
"""
