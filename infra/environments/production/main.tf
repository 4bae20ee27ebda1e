module "product" {
  source = "../../product"

  environment     = "production"
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

  # Sizes are the product's own: two zones throughout, 2 to 10 dashboard tasks, 1 to 5 worker tasks.
  database = {
    read_replica = var.read_replica
  }

  log_retention_days  = 365
  deletion_protection = true

  database_password         = var.generate_database_password ? module.generated_password[0].password : var.database_password
  database_password_version = var.database_password_version
}

module "generated_password" {
  source = "../../modules/generated_password"
  count  = var.generate_database_password ? 1 : 0

  name             = "prod-ingestion/database-password"
  kms_key_arn      = module.product.kms_key_arn
  password_version = var.database_password_version
  recovery_days    = 30
}
