def explain(statement, model, convention): return {}
