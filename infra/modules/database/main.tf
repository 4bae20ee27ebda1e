resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Private subnets"
  subnet_ids  = var.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name_prefix = "${var.name}-"
  family      = "postgres17"
  description = "TLS only, and nobody's data in the log"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  # A failed statement and its detail hold people's addresses.
  parameter {
    name  = "log_min_error_statement"
    value = "panic"
  }

  parameter {
    name  = "log_error_verbosity"
    value = "terse"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:How long logs are kept is each environment's choice
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_161:The product signs in with the password of DATABASE_URL, which Secrets Manager holds
  #checkov:skip=CKV_AWS_133:database.backup_days is refused unless it is 1 to 35
  #checkov:skip=CKV_AWS_157:Multi-AZ is each environment's choice, and on in production
  #checkov:skip=CKV_AWS_293:Deletion protection is each environment's choice, and on in production
  #checkov:skip=CKV2_AWS_30:Statements hold people's addresses and belong in no log
  identifier = var.name
  db_name    = "ingestion_db"

  engine                      = "postgres"
  engine_version              = var.engine_version
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = false
  instance_class              = var.instance_class
  multi_az                    = var.multi_az
  parameter_group_name        = aws_db_parameter_group.this.name
  ca_cert_identifier          = "rds-ca-rsa2048-g1"

  username            = "ingestion"
  password_wo         = var.password
  password_wo_version = var.password_version

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [var.security_group_id]
  publicly_accessible    = false

  storage_type          = "gp3"
  allocated_storage     = var.allocated_gb
  max_allocated_storage = var.max_allocated_gb
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  # In UTC, and after the snapshot.
  backup_retention_period   = var.backup_days
  backup_window             = "02:00-02:30"
  maintenance_window        = "sun:03:00-sun:04:00"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = !var.deletion_protection
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = !var.deletion_protection
  final_snapshot_identifier = var.deletion_protection ? "${var.name}-last" : null

  enabled_cloudwatch_logs_exports       = ["postgresql", "upgrade"]
  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = 7 # days, free of charge
  monitoring_interval                   = 60
  monitoring_role_arn                   = aws_iam_role.monitoring.arn

  depends_on = [
    aws_cloudwatch_log_group.this, # else RDS makes them, without an end and the key
    aws_iam_role_policy_attachment.monitoring,
  ]
}
