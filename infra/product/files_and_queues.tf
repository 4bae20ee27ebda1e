locals {
  queue_retention_seconds = 14 * 24 * 3600 # the longest that SQS keeps a message
  worker_queue            = local.with_lambda ? module.large_file_queue[0] : module.queue
  access_log              = var.access_logs ? { bucket_name = module.log_bucket[0].name } : null
  balancer_access_log     = var.load_balancer_access_logs ? local.access_log : null

  dead_letters = {
    queue_arn      = module.dead_letter_queue.arn
    after_receives = var.queue.max_receives
  }
}

module "store" {
  source = "../modules/store"

  name                         = local.bucket
  origin                       = "https://${var.domain_name}"
  kms_key_arn                  = module.encryption.key_arn
  infrequent_access_after_days = 30
  archive_after_days           = 90
  old_versions_days            = 30
  abort_parts_after_days       = 7
  access_log                   = local.access_log
  force_destroy                = !var.deletion_protection
}

module "log_bucket" {
  source = "../modules/log_bucket"
  count  = var.access_logs ? 1 : 0

  name              = local.log_bucket
  source_bucket_arn = module.store.arn
  retention_days    = var.log_retention_days
  force_destroy     = !var.deletion_protection
}

module "dead_letter_queue" {
  source = "../modules/queue"

  name               = local.dead_letter_queue
  visibility_seconds = 30 # who looks after letters holds them for 20
  retention_seconds  = local.queue_retention_seconds
  wait_seconds       = 0
  dead_letters       = null
}

module "queue" {
  source = "../modules/queue"

  name               = local.queue
  visibility_seconds = var.queue.visibility_seconds
  retention_seconds  = local.queue_retention_seconds
  wait_seconds       = 10
  dead_letters       = local.dead_letters
}

module "large_file_queue" {
  source = "../modules/queue"
  count  = local.with_lambda ? 1 : 0

  name               = local.large_file_queue
  visibility_seconds = var.queue.visibility_seconds
  retention_seconds  = local.queue_retention_seconds
  wait_seconds       = 10
  dead_letters       = local.dead_letters
}

module "redrive_allow" {
  source = "../modules/redrive_allow"

  dead_letter_queue_url = module.dead_letter_queue.url
  source_queue_arns     = concat([module.queue.arn], module.large_file_queue[*].arn)
}
