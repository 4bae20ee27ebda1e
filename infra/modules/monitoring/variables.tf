variable "name" {
  description = "Prefix of every name."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the topic's messages."
  type        = string
}

variable "emails" {
  description = "Addresses that are told of alarms; each gets a message first and has to confirm."
  type        = set(string)
}

variable "namespace" {
  description = "CloudWatch namespace of the product's own metrics."
  type        = string
}

variable "worker_log_groups" {
  description = "Log groups of what works in the background."
  type        = map(string)
}

variable "queue_names" {
  description = "Queues of jobs, by what they are for."
  type        = map(string)
}

variable "dead_letter_queue_name" {
  description = "The queue of dead letters."
  type        = string
}

variable "function_names" {
  description = "Lambda functions; none where there is no Lambda."
  type        = map(string)
}

variable "load_balancer" {
  description = "Load balancer and target group by their names in CloudWatch."
  type = object({
    dimension              = string
    target_group_dimension = string
  })
}

variable "cluster_name" {
  description = "The ECS cluster."
  type        = string
}

variable "service_names" {
  description = "ECS services: dashboard and worker."
  type        = map(string)
}

variable "database_identifier" {
  description = "The database."
  type        = string
}

variable "thresholds" {
  description = "Values above which, or for storage below which, an alarm is raised."
  type = object({
    waiting_messages     = number
    oldest_seconds       = number
    worker_errors        = number
    answers_5xx          = number
    database_connections = number
    database_cpu_percent = number
    database_storage_gb  = number
  })
}
