# For reports and notebooks. The product itself reads what it has just written, and so from the primary only.
resource "aws_db_instance" "this" {
  #checkov:skip=CKV_AWS_161:It signs in as its primary does
  #checkov:skip=CKV_AWS_157:A copy that is lost is made anew
  #checkov:skip=CKV_AWS_293:Deletion protection is each environment's choice, and on in production
  #checkov:skip=CKV_AWS_129:The primary's log is kept; a copy's adds nothing
  #checkov:skip=CKV2_AWS_30:Statements hold people's addresses and belong in no log
  #checkov:skip=CKV2_AWS_60:It has no snapshots to copy tags to
  #checkov:skip=CKV_AWS_133:The primary is backed up
  identifier          = var.name
  replicate_source_db = var.source_identifier

  instance_class             = var.instance_class
  auto_minor_version_upgrade = true
  ca_cert_identifier         = "rds-ca-rsa2048-g1"

  vpc_security_group_ids = [var.security_group_id]
  publicly_accessible    = false
  storage_encrypted      = true
  kms_key_id             = var.kms_key_arn

  deletion_protection = var.deletion_protection
  skip_final_snapshot = true

  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = 7
  monitoring_interval                   = 60
  monitoring_role_arn                   = var.monitoring_role_arn
}
