"""Drives the benchmark: samples, calibrations, statistics, targets, reports."""
