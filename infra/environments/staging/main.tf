module "product" {
  source = "../../product"

  environment     = "staging"
  domain_name     = var.domain_name
  certificate_arn = var.certificate_arn
  hosted_zone_id  = var.hosted_zone_id
  allowed_cidrs   = var.allowed_cidrs
  image_tag       = var.image_tag
  deploy_services = var.deploy_services
  bucket_suffix   = var.bucket_suffix
  alarm_emails    = var.alarm_emails
  settings        = var.settings
  tracing         = { enabled = var.tracing }

  worker = var.worker
  lambda = { package = var.lambda_package }

  # The same in small: one NAT gateway, one database without a standby, one task of each kind to begin with.
  network         = { nat_per_zone = false }
  dashboard_tasks = { cpu = 512, memory = 1024, min = 1, max = 2 }
  worker_tasks    = { cpu = 512, memory = 1024, disk_gb = 21, processes = 1, min = 1, max = 2 }

  database = {
    instance_class   = "db.t4g.small"
    multi_az         = false
    allocated_gb     = 20
    max_allocated_gb = 100
    backup_days      = 7
  }

  alarm_thresholds = {
    database_connections = 120
    database_storage_gb  = 5
  }

  access_logs         = false
  log_retention_days  = 30
  deletion_protection = false # it may be taken down and put up again

  database_password         = var.generate_database_password ? module.generated_password[0].password : var.database_password
  database_password_version = var.database_password_version
}

module "generated_password" {
  source = "../../modules/generated_password"
  count  = var.generate_database_password ? 1 : 0

  name             = "staging-ingestion/database-password"
  kms_key_arn      = module.product.kms_key_arn
  password_version = var.database_password_version
  recovery_days    = 0
}
