resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:Changed by hand, with database_password_version: the product reads its address at a start
  name                    = var.name
  description             = "DATABASE_URL of the product"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_days
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = "postgresql://${var.username}:${var.password}@${var.address}/${var.database_name}?sslmode=require"
  secret_string_wo_version = var.password_version
}
