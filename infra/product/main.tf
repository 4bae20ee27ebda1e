# The whole product in one AWS account and region. Every module waits for what it is handed; nothing is circular:
#
#   encryption -> network, store, queues, registry -> database -> its address, a secret -> roles -> tasks -> services -> scaling
#
# network.tf, files_and_queues.tf and database.tf say what there is; processes.tf what runs on it.
data "aws_region" "current" {}

locals {
  with_lambda = var.worker == "lambda"
}

module "encryption" {
  source = "../modules/encryption"

  name                 = local.name
  deletion_window_days = var.deletion_protection ? 30 : 7
}

module "registry" {
  source = "../modules/registry"

  name         = "${local.staging}data-ingestion"
  kms_key_arn  = module.encryption.key_arn
  force_delete = !var.deletion_protection
}

module "monitoring" {
  source = "../modules/monitoring"

  name                   = local.name
  kms_key_arn            = module.encryption.key_arn
  emails                 = var.alarm_emails
  namespace              = local.metrics_namespace
  worker_log_groups      = { for what, group in local.log_groups : what => aws_cloudwatch_log_group.this[what].name if contains(["worker", "process", "upkeep"], what) }
  queue_names            = merge({ jobs = module.queue.name }, { for queue in module.large_file_queue : "large-files" => queue.name })
  dead_letter_queue_name = module.dead_letter_queue.name
  function_names         = local.functions
  cluster_name           = module.cluster.name
  service_names          = local.services
  database_identifier    = module.database.identifier
  thresholds             = var.alarm_thresholds

  load_balancer = {
    dimension              = module.load_balancer.dimension
    target_group_dimension = module.load_balancer.target_group_dimension
  }
}
