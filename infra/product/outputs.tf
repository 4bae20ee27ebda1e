output "url" {
  description = "Where people reach the dashboard."
  value       = "https://${var.domain_name}"
}

output "load_balancer_dns_name" {
  description = "Where the domain has to point, as a CNAME or an alias."
  value       = module.load_balancer.dns_name
}

output "repository_url" {
  description = "Where images are pushed to."
  value       = module.registry.url
}

output "cluster_name" {
  description = "The ECS cluster."
  value       = module.cluster.name
}

output "migration" {
  description = "What `aws ecs run-task` needs to migrate the database."
  value = {
    task_definition   = module.migrate_task.family
    subnet_ids        = module.network.private_subnet_ids
    security_group_id = module.security_groups.ids["worker"]
    log_group         = aws_cloudwatch_log_group.this["migrate"].name
  }
}

output "bucket_name" {
  description = "The store."
  value       = module.store.name
}

output "queue_names" {
  description = "The queues: jobs, dead letters and, with a Lambda, large files."
  value = merge(
    { jobs = module.queue.name, dead_letters = module.dead_letter_queue.name },
    { for queue in module.large_file_queue : "large_files" => queue.name },
  )
}

output "queue_urls" {
  description = "The same queues' addresses."
  value = merge(
    { jobs = module.queue.url, dead_letters = module.dead_letter_queue.url },
    { for queue in module.large_file_queue : "large_files" => queue.url },
  )
}

output "database_url_secret_arn" {
  description = "The secret of DATABASE_URL."
  value       = module.database_url.secret_arn
}

output "database_addresses" {
  description = "Hosts and ports of the database: primary and, where there is one, replica."
  value       = merge({ primary = module.database.address }, { for copy in module.database_replica : "replica" => copy.address })
}

output "role_arns" {
  description = "Roles by name: execution, dashboard, worker and, with a Lambda, function."
  value       = module.permissions.role_arns
}

output "alarm_topic_arn" {
  description = "Where alarms go."
  value       = module.monitoring.topic_arn
}

output "alarm_names" {
  description = "All alarms that people are told of."
  value       = module.monitoring.alarm_names
}

output "kms_key_arn" {
  description = "The key of what is kept."
  value       = module.encryption.key_arn
}

output "sizes" {
  description = "What differs between the environments."
  value = {
    nat_gateways        = length(module.network.planned.nat_gateways)
    multi_az            = var.database.multi_az
    instance_class      = var.database.instance_class
    deletion_protection = var.deletion_protection
    dashboard_tasks     = [var.dashboard_tasks.min, var.dashboard_tasks.max]
    worker_tasks        = [var.worker_tasks.min, var.worker_tasks.max]
    log_retention_days  = var.log_retention_days
  }
}
