module "database" {
  source = "../modules/database"

  name                = local.name
  subnet_ids          = module.network.private_subnet_ids
  security_group_id   = module.security_groups.ids["database"]
  kms_key_arn         = module.encryption.key_arn
  password            = var.database_password
  password_version    = var.database_password_version
  instance_class      = var.database.instance_class
  engine_version      = var.database.engine_version
  multi_az            = var.database.multi_az
  allocated_gb        = var.database.allocated_gb
  max_allocated_gb    = var.database.max_allocated_gb
  backup_days         = var.database.backup_days
  deletion_protection = var.deletion_protection
  log_retention_days  = var.log_retention_days
}

module "database_replica" {
  source = "../modules/database_replica"
  count  = var.database.read_replica ? 1 : 0

  name                = "${local.name}-read"
  source_identifier   = module.database.identifier
  instance_class      = var.database.instance_class
  security_group_id   = module.security_groups.ids["database"]
  kms_key_arn         = module.encryption.key_arn
  monitoring_role_arn = module.database.monitoring_role_arn
  deletion_protection = var.deletion_protection
}

module "database_url" {
  source = "../modules/database_url"

  name             = "${local.name}/database-url"
  kms_key_arn      = module.encryption.key_arn
  username         = module.database.username
  password         = var.database_password
  password_version = var.database_password_version
  address          = module.database.address
  database_name    = module.database.database_name
  recovery_days    = local.secret_recovery
}
