output "identifier" {
  description = "Name of the instance."
  value       = aws_db_instance.this.identifier
}

output "arn" {
  description = "The instance."
  value       = aws_db_instance.this.arn
}

output "monitoring_role_arn" {
  description = "Role that reports the machine's figures."
  value       = aws_iam_role.monitoring.arn
}

output "address" {
  description = "Its host and port."
  value       = aws_db_instance.this.endpoint
}

output "username" {
  description = "The master user."
  value       = aws_db_instance.this.username
}

output "database_name" {
  description = "The database."
  value       = aws_db_instance.this.db_name
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    parameters = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value }
    instance = { # without what the provider holds to be secret
      engine                       = aws_db_instance.this.engine
      engine_version               = aws_db_instance.this.engine_version
      multi_az                     = aws_db_instance.this.multi_az
      publicly_accessible          = aws_db_instance.this.publicly_accessible
      storage_encrypted            = aws_db_instance.this.storage_encrypted
      kms_key_id                   = aws_db_instance.this.kms_key_id
      vpc_security_group_ids       = aws_db_instance.this.vpc_security_group_ids
      backup_retention_period      = aws_db_instance.this.backup_retention_period
      deletion_protection          = aws_db_instance.this.deletion_protection
      skip_final_snapshot          = aws_db_instance.this.skip_final_snapshot
      delete_automated_backups     = aws_db_instance.this.delete_automated_backups
      instance_class               = aws_db_instance.this.instance_class
      allocated_storage            = aws_db_instance.this.allocated_storage
      max_allocated_storage        = aws_db_instance.this.max_allocated_storage
      performance_insights_enabled = aws_db_instance.this.performance_insights_enabled
      monitoring_interval          = aws_db_instance.this.monitoring_interval
      password_wo_version          = aws_db_instance.this.password_wo_version
    }
  }
}
