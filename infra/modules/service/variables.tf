variable "name" {
  description = "Name of the service."
  type        = string
}

variable "cluster_arn" {
  description = "Where it runs."
  type        = string
}

variable "task_definition_arn" {
  description = "What it runs."
  type        = string
}

variable "first_count" {
  description = "Tasks at the start; afterwards scaling says how many."
  type        = number
}

variable "subnet_ids" {
  description = "Private subnets."
  type        = list(string)
}

variable "security_group_id" {
  description = "Security group of the tasks."
  type        = string
}

variable "target" {
  description = "Where the load balancer finds the tasks; null: it does not look for them."
  type = object({
    group_arn      = string
    container_name = string
    port           = number
  })
  default = null
}
