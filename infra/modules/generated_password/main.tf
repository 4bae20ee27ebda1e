# A password that AWS makes and that no state or plan holds. It is stored before it is used, and used as it was
# stored: an apply that fails half-way goes on with the same one.

ephemeral "aws_secretsmanager_random_password" "this" {
  password_length     = 40
  exclude_punctuation = true # it stands in an address
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:Changed by hand, with database_password_version: the product reads its address at a start
  name                    = var.name
  description             = "Master password of the database"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.recovery_days
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this.random_password
  secret_string_wo_version = var.password_version
}

ephemeral "aws_secretsmanager_secret_version" "this" {
  secret_id  = aws_secretsmanager_secret_version.this.secret_id
  version_id = aws_secretsmanager_secret_version.this.version_id
}
