"""Watches what serves: windows of the prediction log, alerts, and the judgement of challengers."""
