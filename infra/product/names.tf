# Names are the customer's in production; staging puts its own in front, so that both may be in one account.

locals {
  is_production = var.environment == "production"
  prefix        = local.is_production ? "prod" : "staging"
  staging       = local.is_production ? "" : "staging-"

  name                = "${local.prefix}-ingestion"
  bucket              = "${local.prefix}-data-ingestion${var.bucket_suffix}"
  log_bucket          = "${local.prefix}-data-ingestion-logs${var.bucket_suffix}"
  queue               = "${local.prefix}-ingestion-queue"
  large_file_queue    = "${local.prefix}-ingestion-large-queue"
  dead_letter_queue   = "${local.prefix}-ingestion-dlq"
  cluster             = "${local.staging}data-ingestion-cluster"
  function            = "${local.staging}process-csv-worker"
  metrics_namespace   = "DataIngestion/${var.environment}"
  services            = { dashboard = "dashboard-service", worker = "worker-service" }
  secret_recovery     = var.deletion_protection ? 30 : 0
  dashboard_port      = 8501
  worker_stop_seconds = 120 # the most that Fargate grants
}
