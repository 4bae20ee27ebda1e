variable "name" {
  description = "What the task does: dashboard, worker, migrate."
  type        = string
}

variable "family" {
  description = "Name of the task definition."
  type        = string
}

variable "image" {
  description = "Image with its tag."
  type        = string
}

variable "command" {
  description = "What runs, as in docker-compose.yml."
  type        = list(string)
}

variable "environment" {
  description = "Environment variables; those of ingestion/settings.py."
  type        = map(string)
}

variable "database_secret_arn" {
  description = "Secret that becomes DATABASE_URL."
  type        = string
}

variable "cpu" {
  description = "In 1024ths of a vCPU."
  type        = number
}

variable "memory" {
  description = "In MiB."
  type        = number
}

variable "disk_gb" {
  description = "Disk for temporary files, of which 20 GB are free of charge and the least."
  type        = number
  default     = 21
}

variable "port" {
  description = "Port at which it listens; null: none."
  type        = number
  default     = null
}

variable "health_command" {
  description = "Exits with 0 while the task is well; null: its process is all there is to ask."
  type        = list(string)
  default     = null
}

variable "stop_seconds" {
  description = "From SIGTERM to SIGKILL, at most 120 on Fargate."
  type        = number
}

variable "execution_role_arn" {
  description = "Role that starts the task."
  type        = string
}

variable "task_role_arn" {
  description = "Role of what runs in it; null: it calls nothing of AWS."
  type        = string
}

variable "log_group_name" {
  description = "Log group."
  type        = string
}

variable "collector_image" {
  description = "Image of an OpenTelemetry collector that runs beside and sends traces to X-Ray; null: none."
  type        = string
  default     = null
}
