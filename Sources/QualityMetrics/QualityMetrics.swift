// QualityMetrics
